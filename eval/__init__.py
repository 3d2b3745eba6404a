"""Questions with known answers in, figures one can decide by out."""
