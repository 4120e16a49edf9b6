namespace MeeseeksBox.WatchSimulation.Histories;

/// <summary>How far the watchers come after a step.</summary>
internal enum Pace
{
    /// <summary>They take all events, and wait.</summary>
    Rest,

    /// <summary>They take a few events, and do a few actions.</summary>
    Some,

    /// <summary>They do nothing.</summary>
    None,
}
