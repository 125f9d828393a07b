"""The command `resume-run`."""

from __future__ import annotations

from pkgutil import resolve_name

from huggingnersc.cli.options import (
    EndpointOption,
    JobsOption,
    JsonOption,
    QuietOption,
    ResumeEngineOption,
    RunArgument,
    SiteOption,
    WaitOption,
    site_at,
)
from huggingnersc.fixes import Verb

# The function that shows the result of a verb, and ends the command with its exit code.
SHOWN_BY = {
    Verb.COMPARE_DATASETS: "huggingnersc.cli.versions.compare_datasets:show_compared",
    Verb.DOWNLOAD_DATASET: "huggingnersc.cli.packing.download_dataset:show_downloaded",
    Verb.PACK_DATASET: "huggingnersc.cli.packing.pack_dataset:show_packed",
    Verb.SNAPSHOT_DATASET: "huggingnersc.cli.versions.snapshot_dataset:show_snapshot",
    Verb.UPLOAD_DATASET: "huggingnersc.cli.packing.upload_dataset:show_uploaded",
    Verb.VERIFY_DATASET: "huggingnersc.cli.versions.verify_dataset:show_verified",
}


def resume_run(
    run: RunArgument,
    *,
    engine: ResumeEngineOption = None,
    jobs: JobsOption = None,
    wait: WaitOption = True,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Complete a run that was stopped, failed, or left to Slurm.

    What is done is kept, and what jobs of Slurm still work on is not submitted again. Then the
    command that began it is completed, with the same result as if it had never stopped.

    Examples:
        huggingnersc resume-run snapshot-iris-1a2b3c4d
        huggingnersc resume-run snapshot-iris-1a2b3c4d --engine slurm --jobs 16
    """
    from huggingnersc.api.runs.resume_run import resumable_run
    from huggingnersc.cli.left_to_slurm import left_to_slurm
    from huggingnersc.cli.work_progress import work_progress

    left = resumable_run(run, engine=engine, jobs=jobs, wait=wait, site=site_at(site, endpoint))
    with (
        left_to_slurm(as_json=json, quiet=quiet),
        work_progress(left.verb, left.nickname) as on_progress,
    ):
        resumed = left.resume(on_progress)
    resolve_name(SHOWN_BY[resumed.verb])(resumed.result, as_json=json, quiet=quiet)
