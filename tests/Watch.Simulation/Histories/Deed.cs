namespace MeeseeksBox.WatchSimulation.Histories;

/// <summary>What may happen in a history.</summary>
internal enum Deed
{
    /// <summary>A program makes a file, or opens one, and writes into it.</summary>
    Open,

    /// <summary>A program writes into a file that it has open.</summary>
    Write,

    /// <summary>A program closes a file.</summary>
    Close,

    /// <summary>A program writes a whole file in place.</summary>
    Put,

    /// <summary>Somebody changes the mode of a file.</summary>
    ChangeMode,

    /// <summary>Somebody changes the time of a file.</summary>
    Touch,

    /// <summary>A file from elsewhere is moved to a name, which may be taken.</summary>
    MoveIn,

    /// <summary>A file that a program may still write is linked to a second name.</summary>
    Link,

    /// <summary>A file is renamed in the folder.</summary>
    Rename,

    /// <summary>A file is deleted.</summary>
    Delete,

    /// <summary>A file is deleted, and another one comes under its name.</summary>
    Replace,

    /// <summary>A file in the folder that is not at the watched path is written.</summary>
    PutElsewhere,

    /// <summary>The two folders change places.</summary>
    Swap,

    /// <summary>A person removes the results of a file.</summary>
    RemoveResult,

    /// <summary>A job ends well.</summary>
    Succeed,

    /// <summary>A job fails.</summary>
    Fail,

    /// <summary>A person kills a job.</summary>
    KillJob,

    /// <summary>The box drops the jobs that are recorded.</summary>
    Expire,

    /// <summary>A watcher starts, while fewer than two run.</summary>
    Start,

    /// <summary>A watcher ends in order.</summary>
    Stop,

    /// <summary>A watcher is killed.</summary>
    Kill,

    /// <summary>A watcher is killed at its n-th action from now.</summary>
    KillLater,

    /// <summary>A watcher reads its configuration again.</summary>
    Reload,

    /// <summary>Events are lost from now on.</summary>
    Overflow,

    /// <summary>Time passes.</summary>
    Wait,

    /// <summary>The wall clock is set.</summary>
    SetClock,
}
