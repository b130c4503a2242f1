# What `cpack` in a build folder makes: a package for Debian. With SOURCE_DATE_EPOCH set it is the same to the byte
# wherever and whenever it is made.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/packaging/debian.cmake)
set(CPACK_PACKAGE_CONTACT "The cppinit authors <maintainers@users.noreply.h-seed-7eb2b663.example>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "init for containers")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "cppinit runs as PID 1 of a container, or under another init as a child
subreaper. It starts a program, forwards signals to it, reaps orphaned
processes, gives processes that the program leaves behind time to finish,
and exits with the program's exit code.

It is one small static binary. While idle it does not wake up, and it
allocates no heap memory.")
if(DEFINED CPPINIT_ARCH)
    set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${CPPINIT_ARCH})
endif()

include(CPack)
