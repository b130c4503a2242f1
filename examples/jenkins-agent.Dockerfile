# An inbound agent of Jenkins whose builds leave no zombies: docker build -t agent -f examples/jenkins-agent.Dockerfile .

# As in Dockerfile.example.
ARG CPPINIT=cppinit:0.1.0
FROM ${CPPINIT} AS cppinit

FROM jenkins/inbound-agent:latest
COPY --from=cppinit /cppinit /cppinit
# The agent is a Java program, which waits for its own children alone: the orphans of a build (git, browsers) stay as zombies
# until the container ends, unless whoever starts it remembers `docker run --init`.
# The image's own entrypoint goes behind cppinit, and takes the arguments of `docker run` as before.
ENTRYPOINT ["/cppinit", "--", "/usr/local/bin/jenkins-agent"]
