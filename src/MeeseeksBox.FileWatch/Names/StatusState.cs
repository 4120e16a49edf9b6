namespace MeeseeksBox.FileWatch.Names;

/// <summary>What a status file says: the last part of its name.</summary>
public enum StatusState
{
    /// <summary>The job is done, or there was nothing to do.</summary>
    Done,

    /// <summary>The job has failed.</summary>
    Failed,

    /// <summary>Somebody has killed the job.</summary>
    Killed,

    /// <summary>No job: the time at which the file was changed last, as of its last run (docs/SPECIFICATION.md#updated-files).</summary>
    Mtime,
}
