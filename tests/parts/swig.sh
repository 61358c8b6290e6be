#!/usr/bin/env bash
# bindings/swig/resil.i as it is, built for Ruby and for Lua: every vector, and the errors. Java's use of it is the part `java`.
# needs: swig4.0=swig4.0 ruby=ruby cc=gcc /usr/include/lua5.4/lua.h=liblua5.4-dev lua5.4=lua5.4
# needs: /usr/share/lua/5.4/dkjson.lua=lua-dkjson
# needs: /usr/include/ruby-3.1.0/ruby.h=ruby-dev
set -euo pipefail
out="$RESIL_ROOT/build/swig"
rm -rf "$out"
mkdir -p "$out"
"$RESIL_ROOT/bindings/swig/build.sh" ruby "$out/ruby" "$RESIL_ROOT/capi/include" "$RESIL_BUILD/capi"
"$RESIL_ROOT/bindings/swig/build.sh" lua "$out/lua" "$RESIL_ROOT/capi/include" "$RESIL_BUILD/capi"
vectors="${RESIL_VECTORS:-$RESIL_ROOT/tests/conformance}"
status=0
ruby -I "$out/ruby" "$RESIL_ROOT/bindings/swig/test/replay.rb" "$vectors" || status=1
LUA_CPATH="$out/lua/?.so" lua5.4 "$RESIL_ROOT/bindings/swig/test/replay.lua" "$vectors" || status=1
exit $status
