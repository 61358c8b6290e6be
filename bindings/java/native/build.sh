#!/bin/sh
# What Maven runs before it compiles: build the native library for this machine into TARGET/classes/native/<platform>/.
# usage: build.sh VERSION TARGET [RESIL_PREFIX]
set -eu
cd "$(dirname "$0")"
version=$1
target=$2
prefix=${3:-}

for tool in cmake cc c++; do
  command -v $tool >/dev/null || {
    echo "building dev.resil:resil needs $tool: install cmake, a C++20 compiler and swig" >&2
    exit 1
  }
done

# The same names as NativeLibrary.platform().
case $(uname -s) in
  Linux) os=linux ;;
  *) echo "the engine is built for Linux only, and this is $(uname -s)" >&2; exit 1 ;;
esac
case $(uname -m) in
  x86_64|amd64) arch=x86_64 ;;
  aarch64|arm64) arch=aarch_64 ;;
  *) arch=$(uname -m) ;;
esac
libc=
if ldd /bin/sh 2>&1 | grep -q musl; then libc=-musl; fi

home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
mkdir -p "$target"
cmake -S . -B "$target/native" -DCMAKE_BUILD_TYPE=Release -DJAVA_HOME="$home" \
  -DRESIL_PREFIX="$prefix" -DRESIL_JNI_VERSION="$version" -DRESIL_JNI_JAVA="$target/generated-sources/swig" \
  -DRESIL_JNI_OUTPUT="$target/classes/native/$os-$arch$libc" >"$target/native.log" 2>&1 ||
  { cat "$target/native.log" >&2; exit 1; }
cmake --build "$target/native" --target resil_jni -j "${RESIL_JOBS:-2}"
