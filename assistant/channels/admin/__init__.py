"""The administration at ``/admin``: documents of the index, what is asked, the settings in force.

Server-rendered forms behind a password; docs/decisions/0061 says why it is no part of the Gradio page.
"""
