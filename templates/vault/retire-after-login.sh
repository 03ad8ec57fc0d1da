case $(vault token lookup -format=json | sed -n 's/.*"path": "\([^"]*\)".*/\1/p') in
${path}*) retire_root ;;
*) echo ${message} >&2 ;;
esac
