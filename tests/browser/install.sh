#!/bin/sh
# The browser tests need Chromium, Chinese fonts and, for accessibility, axe-core. Install them where that is possible;
# otherwise say so in one line and let the tests be counted as skipped.
here=$(dirname "$0")
axe="$here/axe/axe.min.js"
if [ ! -f "$axe" ]; then
    mkdir -p "$here/axe"
    (cd "$here/axe" && npm pack --silent axe-core@4 && tar -xzf axe-core-*.tgz --strip-components=1 package/axe.min.js &&
        rm -f axe-core-*.tgz) >/dev/null 2>&1 ||
        echo "可访问性测试将跳过：没有取到 axe-core（需要 npm 和网络：npm pack axe-core）" >&2
fi
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    (apt-get update && apt-get install -y --no-install-recommends chromium fonts-noto-cjk) >/dev/null 2>&1 && exit 0
fi
echo "浏览器测试将跳过：没有找到 chromium（Debian/Ubuntu：apt-get install chromium fonts-noto-cjk）" >&2
exit 0
