#!/bin/sh
# The browser tests need Chromium and Chinese fonts. Install them where that is possible; otherwise say so in one line
# and let the tests be counted as skipped.
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    (apt-get update && apt-get install -y --no-install-recommends chromium fonts-noto-cjk) >/dev/null 2>&1 && exit 0
fi
echo "浏览器测试将跳过：没有找到 chromium（Debian/Ubuntu：apt-get install chromium fonts-noto-cjk）" >&2
exit 0
