#!/bin/sh
# Makes foresync/v1 from the proto files, into the folder that is given (this one if none): sh generate.sh [FOLDER]
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
cd "$here/../../proto"
protoc() {
  "$here/.venv/bin/python" -m grpc_tools.protoc -I . "$@"
}
protoc --python_out="$out" --pyi_out="$out" foresync/v1/*.proto
# Stubs only where there is a service: for the others the plugin would write empty files.
protoc --grpc_python_out="$out" $(grep -l '^service ' foresync/v1/*.proto)
