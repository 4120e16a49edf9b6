namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Whether a file can be processed (docs/WATCH.md#when-a-file-is-complete).</summary>
public enum FileReadiness
{
    /// <summary>It is complete, as far as is known.</summary>
    Ready,

    /// <summary>A process has it open for writing.</summary>
    BeingWritten,

    /// <summary>It has changed lately, and nobody can tell whether it is complete.</summary>
    Changing,

    /// <summary>It is a link to a file that does not exist.</summary>
    DanglingLink,

    /// <summary>It is a pipe, a socket or a device.</summary>
    NotRegular,
}
