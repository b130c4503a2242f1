# A Jenkins inbound agent whose builds leave no zombies: docker build -t agent -f examples/jenkins-agent.Dockerfile .

# See Dockerfile.example for where this image comes from.
ARG CPPINIT=cppinit:0.2.0
FROM ${CPPINIT} AS cppinit

FROM jenkins/inbound-agent:latest
COPY --from=cppinit /cppinit /cppinit
# The agent is a Java program, which waits only for its own children. Without an init, the orphans of a build (git, browsers) stay
# as zombies until the container ends.
# The image's own entrypoint follows cppinit, and gets the arguments of `docker run` as before.
ENTRYPOINT ["/cppinit", "--", "/usr/local/bin/jenkins-agent"]
