# Posts a file to the raw endpoint, its token as a password, packed.
#   sh curl.sh URL TOKEN FILE SOURCE
set -eu
gzip -c "$3" | curl -fsS -u "x:$2" -H 'Content-Encoding: gzip' --data-binary @- \
  "$1/services/collector/raw?source=$4&sourcetype=client&host=curl&index=main" >/dev/null
