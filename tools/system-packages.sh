#!/usr/bin/env bash
# What the full tests need beside Python (Debian, Ubuntu): LibreOffice recalculates and prints the workbooks,
# Chromium opens the review pack and JupyterLab, the fonts let both show Chinese.
set -euo pipefail
wanted=(libreoffice-calc libreoffice-writer chromium fonts-noto-cjk poppler-utils)
missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
done
if ((${#missing[@]})); then
  run=(); [ "$(id -u)" -eq 0 ] || run=(sudo)
  "${run[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
