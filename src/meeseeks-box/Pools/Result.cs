using System.Diagnostics.CodeAnalysis;

namespace MeeseeksBox.Agent.Pools;

/// <summary>What was looked for, or why it is not to be had.</summary>
/// <param name="Value">What was found; null when there is a problem.</param>
/// <param name="Problem">Why not, in a person's words; null when it was found.</param>
internal readonly record struct Result<T>(T? Value, string? Problem)
    where T : class
{
    /// <summary>True when there is a value, false when there is a problem.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsFound => Value is not null;

    /// <summary>It was found.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>It was not found.</summary>
    public static implicit operator Result<T>(Error problem) => new(null, problem.Text);
}
