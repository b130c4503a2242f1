# What Debian wants otherwise than `cmake --install` puts it. CPack includes this before it packs its staged files.

if(NOT CPACK_GENERATOR STREQUAL "DEB")
    return()
endif()

set(share ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)
set(documents ${share}/doc/cppinit)

function(compress file)
    execute_process(COMMAND gzip --best --no-name ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

compress(${share}/man/man1/cppinit.1)

if(EXISTS ${share}/zsh/site-functions)
    file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)
endif()

file(REMOVE ${documents}/LICENSE ${documents}/README.md)
configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright ${documents}/copyright COPYONLY NO_SOURCE_PERMISSIONS)
file(RENAME ${documents}/CHANGELOG.md ${documents}/changelog)
compress(${documents}/changelog)

set(version ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
# TIMESTAMP is that of SOURCE_DATE_EPOCH where it is set.
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${documents}/changelog.Debian
    "cppinit (${version}) unstable; urgency=medium\n\n"
    "  * Version ${CPACK_PACKAGE_VERSION}: see changelog.gz.\n\n"
    " -- ${CPACK_PACKAGE_CONTACT}  ${now}\n")
compress(${documents}/changelog.Debian)

file(WRITE ${share}/lintian/overrides/cppinit
    "# It runs in images that have no libc.\n"
    "cppinit: statically-linked-binary [usr/bin/cppinit]\n"
    "# It is not uploaded to Debian.\n"
    "cppinit: initial-upload-closes-no-bugs [usr/share/doc/cppinit/changelog.Debian.gz:1]\n")
