namespace MeeseeksBox.FileWatch.Names;

/// <summary>The state of a status file: the last part of its name.</summary>
public enum StatusState
{
    /// <summary>The job is done, or the file has no job.</summary>
    Done,

    /// <summary>The job has failed.</summary>
    Failed,

    /// <summary>The job was killed.</summary>
    Killed,

    /// <summary>
    /// The file holds the time of the watched file's last change, as of its last run (docs/SPECIFICATION.md#updated-files).
    /// </summary>
    Mtime,

    /// <summary>The file holds the account of a move that has not ended (docs/SPECIFICATION.md#moved-files).</summary>
    Moving,
}
