# What distributions with RPM want otherwise than `cmake --install` puts it. CPack includes this before it packs its staged files.

if(NOT CPACK_GENERATOR STREQUAL "RPM")
    return()
endif()

set(share ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)

execute_process(COMMAND gzip --best --no-name ${share}/man/man1/cppinit.1 COMMAND_ERROR_IS_FATAL ANY)
file(MAKE_DIRECTORY ${share}/licenses/cppinit)
file(RENAME ${share}/doc/cppinit/LICENSE ${share}/licenses/cppinit/LICENSE)
# CPack sets these times itself for Debian. Folders included: rpm records their times too.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
    execute_process(COMMAND find ${CPACK_TEMPORARY_INSTALL_DIRECTORY} -exec touch --date=@$ENV{SOURCE_DATE_EPOCH} {} +
        COMMAND_ERROR_IS_FATAL ANY)
endif()

# TIMESTAMP is that of SOURCE_DATE_EPOCH where it is set.
string(TIMESTAMP today "%a %b %d %Y" UTC)
set(CPACK_RPM_CHANGELOG_FILE ${CPACK_TOPLEVEL_DIRECTORY}/changelog)
file(WRITE ${CPACK_RPM_CHANGELOG_FILE}
    "* ${today} ${CPACK_PACKAGE_CONTACT} - ${CPACK_PACKAGE_VERSION}-${CPACK_RPM_PACKAGE_RELEASE}\n"
    "- Version ${CPACK_PACKAGE_VERSION}: see CHANGELOG.md.\n")
