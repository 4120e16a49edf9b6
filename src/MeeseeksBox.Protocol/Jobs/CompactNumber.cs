namespace MeeseeksBox.Protocol.Jobs;

/// <summary>An optional number in the size of the number alone: half of that of a nullable one, and a table has a million jobs.</summary>
/// <remarks>The number that means none is not a number, or the lowest one. So its bits are inverted where it differs from zero.</remarks>
/// <param name="Bits">The bits; 0 for none.</param>
internal readonly record struct CompactNumber(long Bits)
{
    private const long NoInteger = long.MinValue;

    private static readonly long NoReal = BitConverter.DoubleToInt64Bits(double.NaN);

    /// <summary>The number that was made of a real one.</summary>
    public double? Real => Bits is 0 ? null : BitConverter.Int64BitsToDouble(Bits ^ NoReal);

    /// <summary>The number that was made of an integer.</summary>
    public long? Integer => Bits is 0 ? null : Bits ^ NoInteger;

    /// <summary>Makes one of a real number.</summary>
    public static CompactNumber Of(double? number) => new(number is { } real ? BitConverter.DoubleToInt64Bits(real) ^ NoReal : 0);

    /// <summary>Makes one of an integer.</summary>
    public static CompactNumber Of(long? number) => new(number is { } integer ? integer ^ NoInteger : 0);
}
