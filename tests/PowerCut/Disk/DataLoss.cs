namespace MeeseeksBox.PowerCut.Disk;

/// <summary>What a power cut takes of the writes that were not flushed.</summary>
internal enum DataLoss
{
    /// <summary>None of them.</summary>
    None,

    /// <summary>All of them.</summary>
    All,

    /// <summary>All from some byte on.</summary>
    Torn,

    /// <summary>Some of them, in any order.</summary>
    Scattered,

    /// <summary>The bytes of all, whose lengths stay.</summary>
    Zeros,
}
