namespace MeeseeksBox.CommandLine.Top;

/// <summary>The action of a key, besides a change of the view.</summary>
internal enum TopAction
{
    /// <summary>No action.</summary>
    None,

    /// <summary>End the session.</summary>
    Quit,

    /// <summary>Kill the job of the confirmed question.</summary>
    Kill,
}
