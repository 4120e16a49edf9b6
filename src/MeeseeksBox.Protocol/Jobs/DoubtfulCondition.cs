namespace MeeseeksBox.Protocol.Jobs;

/// <summary>A condition of a <see cref="JobFilter"/> that no job can meet, as far as this version knows.</summary>
/// <param name="Key">The name in the filter.</param>
/// <param name="Problem">What is wrong with the condition, in one sentence.</param>
/// <param name="IsMistake">True when it looks misspelt; false for a name that may be that of an attribute of another version.</param>
public sealed record DoubtfulCondition(string Key, string Problem, bool IsMistake);
