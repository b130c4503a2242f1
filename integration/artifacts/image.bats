#!/usr/bin/env bats
# The image that `./dev dist` makes, in the Docker Engine and in skopeo.

load ../engines/engines

setup_file() {
    requires dockerd docker skopeo jq
    "$root/dev" dist
    start_docker
    import_init_images
    docker load --input "$root"/build/dist/cppinit-*.oci.tar
}

teardown_file() { stop_docker; }

setup() {
    archive=$(echo "$root"/build/dist/cppinit-*.oci.tar)
    version=${archive##*/cppinit-}
    version=${version%.oci.tar}
}

@test "docker build: COPY --from takes /cppinit out of the image" {
    printf '%s\n' "FROM busybox-init" "COPY --from=cppinit:$version /cppinit /sbin/init" \
        'ENTRYPOINT ["/sbin/init", "--"]' >"$BATS_TEST_TMPDIR/Dockerfile"
    DOCKER_BUILDKIT=0 docker build --network none --tag taken "$BATS_TEST_TMPDIR"
    run in_container taken sh -c 'cat /proc/1/comm; exit 7'
    [ "$status" -eq 7 ]
    echo "$output"
    [ "$output" = init ]
    run in_container --entrypoint cat taken /sbin/init
    [ "$(in_container --entrypoint sha256sum taken /sbin/init | cut -d' ' -f1)" = \
        "$(sha256sum "$root/build/dist/cppinit-amd64" | cut -d' ' -f1)" ]
}

@test "docker run: the image's entrypoint is cppinit, and nothing else is in it" {
    # "--" ends cppinit's own options: this is a program that is not there.
    run -127 in_container "cppinit:$version" --version
    run in_container --entrypoint /cppinit "cppinit:$version" --version
    [ "$status" -eq 0 ]
    [ "$output" = "cppinit $version" ]
    docker create --name image --network none "cppinit:$version" none
    run bash -c 'docker export image | tar -t'
    docker rm image
    # What Docker itself puts into every container is not the image's.
    [ "$(printf '%s\n' "${lines[@]}" | grep -vE '^(\.dockerenv|dev/|etc/|proc/|sys/)')" = cppinit ]
}

@test "skopeo finds an image for each architecture, and in it the binary that ships" {
    local architecture platform os processor variant
    while read -r architecture platform; do
        echo "on $platform"
        IFS=/ read -r os processor variant <<<"$platform"
        local layout=$BATS_TEST_TMPDIR/$architecture
        skopeo --override-os "$os" --override-arch "$processor" ${variant:+--override-variant "$variant"} \
            copy --quiet --insecure-policy "oci-archive:$archive:$version" "dir:$layout"
        [ "$(jq -r '.architecture' "$layout/$(jq -r '.config.digest | ltrimstr("sha256:")' "$layout/manifest.json")")" = "$processor" ]
        tar -xzf "$layout/$(jq -r '.layers[0].digest | ltrimstr("sha256:")' "$layout/manifest.json")" -C "$layout"
        cmp "$layout/cppinit" "$root/build/dist/cppinit-$architecture"
    done < <(awk '!/^#/ { print $1, $7 }' "$root/cmake/architectures.txt")
}
