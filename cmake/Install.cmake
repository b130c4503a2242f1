# Where `cmake --install` puts things: the GNU directories.

# cppinit has no libraries; the module would ask the compiler about them, and warn where it gives no answer.
set(CMAKE_INSTALL_LIBDIR lib)
include(GNUInstallDirs)

install(TARGETS cppinit)
install(FILES docs/cppinit.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES completions/cppinit.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME cppinit)
install(FILES completions/_cppinit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES completions/cppinit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
