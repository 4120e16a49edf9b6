using System.Diagnostics.CodeAnalysis;

namespace MeeseeksBox.Foundation;

/// <summary>A value or an error.</summary>
/// <param name="Value">The value; null with an error.</param>
/// <param name="Problem">The error text for a person; null with a value.</param>
public readonly record struct Result<T>(T? Value, string? Problem)
    where T : class
{
    /// <summary>True when there is a value, false with an error.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsSuccess => Value is not null;

    /// <summary>Wraps a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Wraps an error.</summary>
    public static implicit operator Result<T>(Error problem) => new(null, problem.Text);
}
