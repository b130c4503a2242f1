# What `cpack` in a build folder makes: a package for Debian and one for distributions with RPM. With SOURCE_DATE_EPOCH set they
# are the same to the byte wherever and whenever they are made.

set(CPACK_GENERATOR DEB RPM)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# Each of them does nothing for the other's packages.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/packaging/debian.cmake ${CMAKE_CURRENT_SOURCE_DIR}/packaging/rpm.cmake)
set(CPACK_PACKAGE_VENDOR "The cppinit authors")
set(CPACK_PACKAGE_CONTACT "The cppinit authors <maintainers@users.noreply.h-seed-7eb2b663.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "init for containers")
set(description "cppinit runs as PID 1 of a container, or under another init as a child
subreaper. It starts a program, forwards signals to it, reaps orphaned
processes, gives processes that the program leaves behind time to finish,
and exits with the program's exit code.

It is one small static binary. While idle it does not wake up, and it
allocates no heap memory.")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION ${description})

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_RELEASE 1)
set(CPACK_RPM_PACKAGE_SUMMARY "Init for containers")
set(CPACK_PACKAGE_RELOCATABLE OFF)
set(CPACK_RPM_PACKAGE_LICENSE "MIT AND Apache-2.0 WITH LLVM-exception AND GPL-3.0-or-later WITH GCC-exception-3.1")
set(CPACK_RPM_PACKAGE_GROUP "System/Base")
set(CPACK_RPM_PACKAGE_DESCRIPTION ${description})
# A static binary needs nothing.
set(CPACK_RPM_PACKAGE_AUTOREQ 0)
# The oldest compression: every rpm that is in use can read it, and the package is small.
set(CPACK_RPM_COMPRESSION_TYPE gzip)
# Every byte comes from the files and from SOURCE_DATE_EPOCH. The machine's own scripts would strip the binary again, with tools
# that do not know the architecture.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define packager ${CPACK_PACKAGE_CONTACT}
%define use_source_date_epoch_as_buildtime 1
%define _buildhost reproducible
%define debug_package %{nil}
%define __os_install_post %{nil}")
# The folders that belong to the distribution, or to the shells.
foreach(folder IN ITEMS bash-completion bash-completion/completions fish fish/vendor_completions.d licenses man man/man1
        zsh zsh/site-functions)
    list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/${folder})
endforeach()
set(CPACK_RPM_USER_FILELIST "%license /usr/share/licenses/cppinit/LICENSE"
    "%doc /usr/share/doc/cppinit/CHANGELOG.md" "%doc /usr/share/doc/cppinit/README.md")

if(DEFINED CPPINIT_ARCH)
    set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${CPPINIT_ARCH})
    # The last word of its row is RPM's name.
    file(STRINGS cmake/architectures.txt row REGEX "^${CPPINIT_ARCH} ")
    string(REGEX REPLACE ".* " "" CPACK_RPM_PACKAGE_ARCHITECTURE ${row})
endif()

include(CPack)
