using MeeseeksBox.WatchSimulation.Boxes;

namespace MeeseeksBox.WatchSimulation.Model;

/// <summary>What the model knows of the file with a name in a folder.</summary>
internal sealed class NameState(FolderState folder, string name)
{
    public FolderState Folder => folder;

    public string Name => name;

    /// <summary>The file; null when there is none.</summary>
    public Content? Content { get; set; }

    public Due Due { get; set; }

    /// <summary>The job that was submitted and is not recorded; null for none.</summary>
    public BoxJob? Job { get; set; }

    /// <summary>The step of the last submit.</summary>
    public int Submitted { get; set; }

    /// <summary>The job of the last result.</summary>
    public BoxJob? LastJob { get; set; }

    /// <summary>Whether there is a result.</summary>
    public bool HasResult { get; set; }

    /// <summary>The state of the last result.</summary>
    public string? LastState { get; set; }

    /// <summary>The time of change of the file as of the last submit, in units of 100 ns since 1970.</summary>
    public long? RunTime { get; set; }

    /// <summary>The least and most failures in a row that the watcher may count.</summary>
    public (int Least, int Most) Failures { get; set; }

    /// <summary>When the last job was recorded, by which watcher, and by the clock of the host.</summary>
    public (TimeSpan At, int By, DateTimeOffset OnHost)? End { get; set; }

    /// <summary>The step in which the file last came, went or changed.</summary>
    public int Touched { get; set; }

    /// <summary>When its content last changed.</summary>
    public TimeSpan Changed { get; set; }

    /// <summary>The watcher that is there since before the file was removed; null when that is not sure.</summary>
    public int? GoneBefore { get; set; }

    /// <summary>Whether it is due because it was removed and came again, which only the running watcher knows.</summary>
    public bool IsReturn { get; set; }

    /// <summary>Whether the result was written by a watcher that was killed before it told the box.</summary>
    /// <remarks>While the box has the job, a watcher takes it for that of another file with the name.</remarks>
    public bool IsUnreported { get; set; }

    /// <summary>Whether a watch with <c>*.dat</c> takes it.</summary>
    public bool IsWatched => name.EndsWith(".dat", StringComparison.Ordinal);

    public bool IsComplete => Content is { Writers: 0 };

    public override string ToString() => $"{name} in folder {folder.Number}";
}
