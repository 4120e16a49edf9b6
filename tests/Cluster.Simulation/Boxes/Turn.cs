namespace MeeseeksBox.Simulation.Boxes;

/// <summary>What a ledger was entered for.</summary>
internal enum Turn
{
    /// <summary>Something that happens here: a client, a run, a setting.</summary>
    Own,

    /// <summary>Jobs or nodes of another box are taken in.</summary>
    Merge,

    /// <summary>A deadline.</summary>
    Tick,

    /// <summary>The state file is taken up.</summary>
    Load,
}
