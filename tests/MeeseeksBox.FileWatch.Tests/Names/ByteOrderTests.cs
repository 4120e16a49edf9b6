using System.Text;
using CsCheck;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Tests.Names;

/// <summary>The order of names is bytewise (docs/SPECIFICATION.md#file-order).</summary>
public sealed class ByteOrderTests
{
    [Fact]
    public void It_is_the_order_of_the_bytes_in_utf_8()
    {
        string[] units = ["a", "Z", "é", "\uFFFD", "\uE000", "😀", "𐀀"];
        var text = Gen.OneOf([.. units.Select(Gen.Const)])
            .Array[0, 6].Select(string.Concat);

        Gen.Select(text, text).Sample((x, y) =>
            Math.Sign(ByteOrder.Instance.Compare(x, y))
            == Math.Sign(Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y))));
    }
}
