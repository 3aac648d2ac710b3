#!/bin/sh
# Runs a script of this folder, and says in one line what is missing: sh python.sh SCRIPT [ARGUMENT…]
wanted='the model needs python3 of version 3.11 or newer with venv (on Debian and Ubuntu: apt install python3 python3-venv)'
python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
  echo "$wanted" >&2
  exit 1
}
folder=$(dirname "$0")
script=$1
shift
exec python3 "$folder/$script" "$@"
