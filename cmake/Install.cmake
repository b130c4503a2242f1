# Where `cmake --install` puts things: the GNU directories. What has not been written yet is left out.

# cppinit has no libraries; the module would ask the compiler about them, and warn where it gives no answer.
set(CMAKE_INSTALL_LIBDIR lib)
include(GNUInstallDirs)

function(install_if_written file)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
        install(FILES ${file} ${ARGN})
    endif()
endfunction()

install(TARGETS cppinit)
install_if_written(docs/cppinit.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install_if_written(completions/cppinit.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME cppinit)
install_if_written(completions/_cppinit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install_if_written(completions/cppinit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
