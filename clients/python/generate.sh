#!/bin/sh
# Makes foresync/v1 from the proto files, into the folder that is given (this one if none): sh generate.sh [FOLDER]
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
cd "$here/../../proto"
"$here/.venv/bin/python" -m grpc_tools.protoc -I . --python_out="$out" --pyi_out="$out" --grpc_python_out="$out" \
  foresync/v1/checkpoint.proto foresync/v1/context.proto foresync/v1/sync.proto foresync/v1/content.proto \
  foresync/v1/prediction.proto foresync/v1/privacy.proto
