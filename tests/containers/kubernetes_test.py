#!/usr/bin/python3
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the examples for Kubernetes: their fields, and what their containers run, with volumes in a folder.

usage: kubernetes_test.py TRILBY EXAMPLES MADE_DATA

A container's command runs as it stands in the example, as an ordinary process: /data and /runs are folders of the
test, and the network interface is lo. Without PyYAML or the engine gloo, the test is skipped.
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 125
LIMIT_S = 120
# After SIGTERM, a run takes up to 30 s to save and up to 7 s to send its status.
LEAST_GRACE_S = 60
CODES_OF_WRONG_INPUT = [64, 65, 66]

# The fields that the examples use, as the API references of Kubernetes, JobSet and Kubeflow Trainer have them.
# A list has its element; None is a value without fields of its own.
QUANTITIES = {"cpu": None, "memory": None, "storage": None, "nvidia.com/gpu": None, "amd.com/gpu": None}
RESOURCES = {"requests": QUANTITIES, "limits": QUANTITIES}
METADATA = {"name": None, "labels": {re.compile(r"trainer\.kubeflow\.org/[a-z-]+"): None}}
CONTAINER = {
    "name": None, "image": None, "imagePullPolicy": None, "command": [None], "args": [None], "resources": RESOURCES,
    "env": [{"name": None, "value": None, "valueFrom": {"fieldRef": {"fieldPath": None}}}],
    "volumeMounts": [{"name": None, "mountPath": None, "readOnly": None}],
    "readinessProbe": {"exec": {"command": [None]}, "periodSeconds": None, "timeoutSeconds": None,
                       "failureThreshold": None},
    "securityContext": {"allowPrivilegeEscalation": None, "readOnlyRootFilesystem": None,
                        "capabilities": {"drop": [None]}},
}
POD = {
    "restartPolicy": None, "terminationGracePeriodSeconds": None, "automountServiceAccountToken": None,
    "securityContext": {"runAsNonRoot": None, "runAsUser": None, "runAsGroup": None, "fsGroup": None,
                        "fsGroupChangePolicy": None, "seccompProfile": {"type": None}},
    "initContainers": [CONTAINER], "containers": [CONTAINER],
    "volumes": [{"name": None, "emptyDir": {"medium": None, "sizeLimit": None},
                 "persistentVolumeClaim": {"claimName": None, "readOnly": None}}],
}
JOB = {
    "completionMode": None, "completions": None, "parallelism": None, "backoffLimit": None,
    "activeDeadlineSeconds": None,
    "podFailurePolicy": {"rules": [{"action": None, "onPodConditions": [{"type": None, "status": None}],
                                    "onExitCodes": {"containerName": None, "operator": None, "values": [None]}}]},
    "template": {"spec": POD},
}
JOB_SET = {
    "failurePolicy": {"maxRestarts": None,
                      "rules": [{"name": None, "action": None, "onJobFailureReasons": [None]}]},
    "replicatedJobs": [{"name": None, "template": {"metadata": METADATA, "spec": JOB}}],
}
SPECIFICATIONS = {
    ("v1", "Pod"): POD,
    ("v1", "PersistentVolumeClaim"): {"accessModes": [None], "resources": RESOURCES},
    ("batch/v1", "Job"): JOB,
    ("trainer.kubeflow.org/v1alpha1", "TrainingRuntime"): {
        "mlPolicy": {"numNodes": None, "torch": {"numProcPerNode": None}}, "template": {"spec": JOB_SET}},
    ("trainer.kubeflow.org/v1alpha1", "TrainJob"): {
        "runtimeRef": {"apiGroup": None, "kind": None, "name": None},
        "trainer": {"numNodes": None, "args": [None], "resourcesPerNode": RESOURCES}},
}


def check_fields(value, fields, where):
    """Fails for a field that the API does not have there."""
    if isinstance(fields, list):
        assert isinstance(value, list), f"{where} is not a list"
        for index, element in enumerate(value):
            check_fields(element, fields[0], f"{where}[{index}]")
    elif fields is None:
        assert isinstance(value, (str, int, bool)), f"{where} is not a plain value"
    else:
        assert isinstance(value, dict), f"{where} has no fields"
        for key, content in value.items():
            known = [inner for field, inner in fields.items()
                     if field == key or (isinstance(field, re.Pattern) and field.fullmatch(key))]
            assert known, f"{where}.{key} is not a known field"
            check_fields(content, known[0], f"{where}.{key}")


def check_document(document, file):
    kind = (document["apiVersion"], document["kind"])
    assert kind in SPECIFICATIONS, f"{file}: unknown kind {kind}"
    fields = {"apiVersion": None, "kind": None, "metadata": METADATA, "spec": SPECIFICATIONS[kind]}
    check_fields(document, fields, file)


def job_of(document):
    """The specification of the Job that trains."""
    if document["kind"] == "Job":
        return document["spec"]
    return document["spec"]["template"]["spec"]["replicatedJobs"][0]["template"]["spec"]


def check_training(job):
    """What lets a pod save, be replaced and continue, and what it may not do."""
    pod = job["template"]["spec"]
    container, = pod["containers"]
    rules = job["podFailurePolicy"]["rules"]
    assert pod["restartPolicy"] == "Never", "podFailurePolicy needs restartPolicy: Never"
    assert pod["terminationGracePeriodSeconds"] >= LEAST_GRACE_S
    assert {rule["onExitCodes"]["containerName"] for rule in rules if "onExitCodes" in rule} == {container["name"]}
    assert [rule["onExitCodes"]["values"] for rule in rules if rule["action"] == "FailJob"] == [CODES_OF_WRONG_INPUT]
    assert pod["securityContext"]["runAsNonRoot"] is True
    for one in pod["initContainers"] + pod["containers"]:
        assert one["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                          "capabilities": {"drop": ["ALL"]}}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
    assert set(mounts) == {"/data", "/runs", "/dev/shm", "/tmp"}
    assert mounts["/dev/shm"]["emptyDir"]["medium"] == "Memory"


class Pods:
    """Runs what the containers of a pod run."""

    def __init__(self, trilby, folder):
        self.folder = folder
        self.started = []
        (folder / "bin").mkdir()
        (folder / "bin/trilby").symlink_to(trilby)
        for name in ("data", "runs"):
            (folder / name).mkdir()

    def start(self, container, arguments=(), **environment):
        def here(word):
            return re.sub(r"(?<![\w/])/(data|runs)\b", rf"{self.folder}/\1", word).replace("eth0", "lo")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PET_", "KUBEFLOW_"))}
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        words = [*container["command"], *(arguments or container.get("args", []))]
        self.started.append(
            subprocess.Popen([here(word) for word in words], cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env={**kept, "PATH": path, **environment}))
        return self.started[-1]

    def kill(self):
        for process in self.started:
            process.kill()

    def has_trained(self, run):
        """Waits for the first epoch of a run."""
        deadline = time.monotonic() + LIMIT_S
        metrics = self.folder / "runs" / run / "metrics.jsonl"
        while time.monotonic() < deadline and not (metrics.exists() and metrics.stat().st_size > 0):
            time.sleep(0.02)
        return metrics.exists()


def end_of(process):
    """The exit code, and what it printed."""
    output, _ = process.communicate(timeout=LIMIT_S)
    return process.returncode, output


def test_job(document, pods):
    """Training is continued by the next pod after SIGTERM, and a pod after the end has nothing to do."""
    pod = job_of(document)["template"]["spec"]
    code, output = end_of(pods.start(pod["initContainers"][0]))
    assert code == 0, output
    container = pod["containers"][0]
    first = pods.start(container)
    assert pods.has_trained("houses"), end_of(first)
    first.send_signal(signal.SIGTERM)
    code, output = end_of(first)
    assert code == 130 and "processes   4 on this machine" in output, output
    code, output = end_of(pods.start(container))
    assert code == 0 and "resumed after step" in output and "checkpoint  " in output, output
    code, output = end_of(pods.start(container))
    assert code == 0 and "this run has ended" in output, output


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def start_trainjob(runtime, job, pods):
    """Starts a pod for each node, with the variables that Kubeflow Trainer sets."""
    container = job_of(runtime)["template"]["spec"]["containers"][0]
    nodes = job["spec"]["trainer"]["numNodes"]
    port = free_port()
    return [pods.start(container, job["spec"]["trainer"]["args"], RUN=job["metadata"]["name"],
                       PET_NNODES=str(nodes), PET_NODE_RANK=str(rank), PET_NPROC_PER_NODE="1",
                       PET_MASTER_ADDR="127.0.0.1", PET_MASTER_PORT=str(port)) for rank in range(nodes)]


def test_trainjob(runtime, job, pods):
    """All pods save if one is asked to end, and the next pods continue together."""
    first = start_trainjob(runtime, job, pods)
    assert pods.has_trained("houses"), [end_of(one) for one in first]
    first[-1].send_signal(signal.SIGTERM)
    ends = [end_of(one) for one in first]
    assert [code for code, _ in ends] == [130, 130], ends
    assert "processes   2, started by Kubeflow" in ends[0][1], ends
    ends = [end_of(one) for one in start_trainjob(runtime, job, pods)]
    assert [code for code, _ in ends] == [0, 0] and "resumed after step" in ends[0][1], ends
    ends = [end_of(one) for one in start_trainjob(runtime, job, pods)]
    assert [code for code, _ in ends] == [0, 0], ends


def test_validation(document, pods):
    """The command line is accepted, also where there is no such GPU."""
    code, output = end_of(pods.start(document["spec"]["template"]["spec"]["containers"][0]))
    assert code != 64, output


def test_readiness(document, pods):
    """The probe's command line is accepted, and gives up before Kubernetes does."""
    probe = document["spec"]["containers"][0]["readinessProbe"]
    command = probe["exec"]["command"]
    assert int(command[command.index("--timeout") + 1]) < probe["timeoutSeconds"]
    code, output = end_of(pods.start(probe["exec"]))
    assert code != 64, output


def in_pods(trilby, made_data, test, *documents):
    with tempfile.TemporaryDirectory() as folder:
        pods = Pods(trilby, pathlib.Path(folder))
        subprocess.run([sys.executable, made_data, "table", f"{folder}/data/houses.csv"], check=True)
        try:
            test(*documents, pods)
        finally:
            pods.kill()


def main(trilby, examples, made_data):
    try:
        import yaml
    except ImportError:
        print("skipped: needs PyYAML (python3-yaml)")
        return SKIPPED
    prefix = trilby.parents[1]
    if not [*prefix.glob("lib*/trilby/engines/gloo.so"), *prefix.glob("lib/*/trilby/engines/gloo.so")]:
        print("skipped: Trilby was built without the engine gloo")
        return SKIPPED
    documents = {file.name: list(yaml.safe_load_all(file.read_text()))
                 for file in sorted(examples.glob("*/*.yaml"))}
    for name, content in documents.items():
        for document in content:
            check_document(document, name)
    claims = {document["metadata"]["name"] for document in documents["volumes.yaml"]}
    assert claims == {"trilby-data", "trilby-runs"}
    job, = documents["job.yaml"]
    runtime, trainjob = documents["trainjob.yaml"]
    assert trainjob["spec"]["runtimeRef"]["name"] == runtime["metadata"]["name"]
    for document in (job, runtime):
        check_training(job_of(document))
    in_pods(trilby, made_data, test_job, job)
    in_pods(trilby, made_data, test_trainjob, runtime, trainjob)
    for name in ("kubernetes-amd.yaml", "kubernetes-nvidia.yaml"):
        in_pods(trilby, made_data, test_validation, *documents[name])
    in_pods(trilby, made_data, test_readiness, *documents["readiness.yaml"])
    print(f"{len(documents)} files are well-formed, and their commands run")
    return 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]).resolve()))
