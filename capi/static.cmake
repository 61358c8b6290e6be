# libresil.a: one object in which everything but the public symbols is local. `ld -r` joins our objects with what they
# use of yaml-cpp and of the compiler's own static C++ runtime; --force-group-allocation settles COMDAT groups at
# once (a local symbol in a group that the final link drops would leave a dangling reference); objcopy then hides the rest.
# A C program, or cgo, links the result without a C++ compiler; two C++ runtimes in one program do not meet, since no
# exception and no C++ type crosses the ABI.
if(NOT CMAKE_OBJCOPY)
  message(FATAL_ERROR "libresil.a needs objcopy (binutils); install it or configure with -DRESIL_STATIC=OFF")
endif()
set(runtime "")
foreach(archive libstdc++.a libgcc_eh.a libgcc.a)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${archive} OUTPUT_VARIABLE path
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT EXISTS "${path}")
    message(FATAL_ERROR "libresil.a needs the compiler's static ${archive}, and there is none; configure with -DRESIL_STATIC=OFF")
  endif()
  list(APPEND runtime "${path}")
endforeach()

# An executable only by name: that is how CMake links whatever the components link.
add_executable(resil_joined $<TARGET_OBJECTS:resil_capi>)
set_target_properties(resil_joined PROPERTIES OUTPUT_NAME resil_joined.o LINKER_LANGUAGE CXX)
target_link_libraries(resil_joined PRIVATE resil_core resil_config resil_report ${runtime})
target_link_options(resil_joined PRIVATE -r -nostdlib -Wl,--force-group-allocation)

set(RESIL_ARCHIVE "${CMAKE_CURRENT_BINARY_DIR}/libresil.a")
add_custom_command(OUTPUT "${RESIL_ARCHIVE}"
  COMMAND ${CMAKE_OBJCOPY} --keep-global-symbols=keep.txt --strip-unneeded resil_joined.o resil.o
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
