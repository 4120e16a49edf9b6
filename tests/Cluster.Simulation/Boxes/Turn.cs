namespace MeeseeksBox.Simulation.Boxes;

/// <summary>The reason of a call of a core.</summary>
internal enum Turn
{
    /// <summary>A local event: a request of a client, a run, a setting.</summary>
    Own,

    /// <summary>A merge of jobs or nodes of another box.</summary>
    Merge,

    /// <summary>A deadline that is due.</summary>
    Tick,

    /// <summary>A load of the state file.</summary>
    Load,
}
