# A containerd of the tests' own, below bats' folder.

# start_containerd: `ctr`, and whoever speaks to $CONTAINERD_ADDRESS, finds it.
start_containerd() {
    export CONTAINERD_ADDRESS=$BATS_FILE_TMPDIR/containerd.sock
    cat >"$BATS_FILE_TMPDIR/containerd.toml" <<CONFIG
version = 2
root = "$BATS_FILE_TMPDIR/data"
state = "$BATS_FILE_TMPDIR/state"
[grpc]
address = "$CONTAINERD_ADDRESS"
[plugins."io.containerd.internal.v1.opt"]
path = "$BATS_FILE_TMPDIR/opt"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "localhost/pause:latest"
# A lower value than that of containerd itself takes CAP_SYS_RESOURCE.
restrict_oom_score_adj = true
CONFIG
    containerd --config "$BATS_FILE_TMPDIR/containerd.toml" >"$BATS_FILE_TMPDIR/containerd.log" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/containerd.pid"
    answers() { ctr version >/dev/null 2>&1; }
    eventually answers || { cat "$BATS_FILE_TMPDIR/containerd.log" >&2 && return 1; }
}

stop_containerd() {
    local pid
    pid=$(cat "$BATS_FILE_TMPDIR/containerd.pid" 2>/dev/null) || return 0
    kill "$pid"
    eventually has_ended "$pid"
}

# import_image NAME ENTRYPOINT: the root $BATS_FILE_TMPDIR/NAME as the image localhost/NAME:latest of Kubernetes' namespace.
import_image() {
    local folder=$BATS_FILE_TMPDIR/$1-image layer
    mkdir "$folder"
    tar -C "$BATS_FILE_TMPDIR/$1" -cf "$folder/layer.tar" .
    layer=sha256:$(sha256sum "$folder/layer.tar" | cut -d' ' -f1)
    jq --null-input --argjson entrypoint "$2" --arg layer "$layer" '{ architecture: "amd64", os: "linux",
        config: { Entrypoint: $entrypoint, Env: ["PATH=/bin"] }, rootfs: { type: "layers", diff_ids: [$layer] } }' >"$folder/config.json"
    jq --null-input --arg tag "localhost/$1:latest" '[{ Config: "config.json", RepoTags: [$tag], Layers: ["layer.tar"] }]' \
        >"$folder/manifest.json"
    tar -C "$folder" -c manifest.json config.json layer.tar | ctr --namespace k8s.io images import - >/dev/null
}
