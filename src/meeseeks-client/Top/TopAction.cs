namespace MeeseeksBox.CommandLine.Top;

/// <summary>What a key asks for beyond another view.</summary>
internal enum TopAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The end.</summary>
    Quit,

    /// <summary>To kill the job that somebody was asked about.</summary>
    Kill,
}
