namespace MeeseeksBox.Core.Rules;

/// <summary>What is to be done about another node's copy of a job that is known here.</summary>
internal enum Verdict
{
    /// <summary>Ours stands; the other knows no more than we do.</summary>
    Keep,

    /// <summary>Ours stands, and the other has to be told so again.</summary>
    Insist,

    /// <summary>The other copy takes the place of ours.</summary>
    Take,

    /// <summary>The job runs here: only what its submitter may change is taken over.</summary>
    TakeWishes,

    /// <summary>The job runs here, but it goes on elsewhere or anew: the run is stale.</summary>
    Supersede,
}
