#!/bin/sh
# Builds resil.i for Ruby or Lua as one loadable file with the engine inside.
# usage: build.sh ruby|lua OUTPUT_FOLDER INCLUDE_FOLDER LIB_FOLDER    (the last two: of resil.h and of libresil.a)
set -eu
language=$1 output=$2 include=$3 lib=$4
here=$(cd "$(dirname "$0")" && pwd)
swig=$(command -v swig4.0 || command -v swig) || { echo "swig is missing: install swig4.0" >&2; exit 1; }

case $language in
  ruby) headers=$(ruby -rrbconfig -e 'c = RbConfig::CONFIG; puts "-I#{c["rubyhdrdir"]} -I#{c["rubyarchhdrdir"]}"') ;;
  lua) headers=-I/usr/include/lua${LUA_VERSION:-5.4} ;;
  *) echo "build.sh knows ruby and lua; README.md says how to build for another language" >&2; exit 1 ;;
esac

mkdir -p "$output"
"$swig" -"$language" -I"$here/typemaps" -o "$output/resil_wrap.c" "$here/resil.i"
# shellcheck disable=SC2086
${CC:-cc} -O2 -fPIC -fno-strict-aliasing -w -shared -static-libgcc -I"$here" -I"$include" $headers \
  "$output/resil_wrap.c" "$lib/libresil.a" -lm -Wl,--exclude-libs,ALL -o "$output/resil.so"
