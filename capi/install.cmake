# The headers, the libraries, find_package(resil) and pkg-config resil. Every path is relative to where it lies:
# the installed tree may be moved.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/resil)
file(RELATIVE_PATH RESIL_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(resil.pc.in resil.pc @ONLY)
configure_package_config_file(resilConfig.cmake.in resilConfig.cmake INSTALL_DESTINATION ${package_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(resilConfigVersion.cmake COMPATIBILITY SameMajorVersion)

install(TARGETS resil LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT capi)
install(FILES include/resil.h include/resil_inline.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT capi)
if(TARGET resil_static)
  install(FILES "${RESIL_ARCHIVE}" DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT capi)
endif()
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/resilConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/resilConfigVersion.cmake
  DESTINATION ${package_dir} COMPONENT capi)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/resil.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT capi)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/resil COMPONENT capi)
