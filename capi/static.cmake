# libresil.a: one object in which everything but the public symbols is local, so that a C program, or cgo, links it
# without a C++ compiler, and a C++ host keeps its own yaml-cpp and its own libstdc++ (nothing of C++ crosses the ABI).
#  - `ld -r` joins our objects with what they use of yaml-cpp and of the compiler's static libstdc++.
#  - --force-group-allocation settles COMDAT groups then and there: a final link that saw the host's copy of a group
#    first would drop ours, and with it sections that our local symbols point to. --gc-sections drops what no public
#    symbol leads to.
#  - objcopy hides the rest, in two passes: it leaves symbols of the kind "unique" (libstdc++'s locale ids) global, shared
#    with the host, unless they are made weak first.
# The unwinder (libgcc) stays outside, since it must know every frame of a program; each compiler's driver links it unasked.
if(NOT CMAKE_OBJCOPY)
  message(FATAL_ERROR "libresil.a needs objcopy (binutils); install it or configure with -DRESIL_STATIC=OFF")
endif()
execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libstdc++.a OUTPUT_VARIABLE runtime
  OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT IS_ABSOLUTE "${runtime}")
  message(FATAL_ERROR "libresil.a needs a static libstdc++.a, and ${CMAKE_CXX_COMPILER} has none; configure with -DRESIL_STATIC=OFF")
endif()

# An executable only by name: that is how CMake links whatever the components link.
add_executable(resil_joined $<TARGET_OBJECTS:resil_capi>)
set_target_properties(resil_joined PROPERTIES OUTPUT_NAME resil_joined.o LINKER_LANGUAGE CXX)
target_link_libraries(resil_joined PRIVATE resil_core resil_config resil_report)
target_link_options(resil_joined PRIVATE -r -nostdlib)

string(REGEX REPLACE "([^\n]+)\n" "-Wl,-u,\\1;" roots "${RESIL_SYMBOL_LIST}")
set(RESIL_ARCHIVE "${CMAKE_CURRENT_BINARY_DIR}/libresil.a")
add_custom_command(OUTPUT "${RESIL_ARCHIVE}"
  COMMAND ${CMAKE_CXX_COMPILER} -r -nostdlib -Wl,--force-group-allocation -Wl,--gc-sections ${roots}
    resil_joined.o "${runtime}" -o resil.o
  COMMAND ${CMAKE_OBJCOPY} --wildcard "--weaken-symbol=_Z*" resil.o
  COMMAND ${CMAKE_OBJCOPY} --keep-global-symbols=keep.txt --strip-unneeded resil.o
  COMMAND ${CMAKE_COMMAND} -E rm -f libresil.a
  COMMAND ${CMAKE_AR} qcD libresil.a resil.o
  COMMAND ${CMAKE_RANLIB} -D libresil.a
  DEPENDS resil_joined keep.txt WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" VERBATIM)
add_custom_target(resil_archive ALL DEPENDS "${RESIL_ARCHIVE}")

add_library(resil_static STATIC IMPORTED GLOBAL)
add_library(resil::static ALIAS resil_static)
add_dependencies(resil_static resil_archive)
set_target_properties(resil_static PROPERTIES IMPORTED_LOCATION "${RESIL_ARCHIVE}"
  INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/include" INTERFACE_LINK_LIBRARIES "m")
