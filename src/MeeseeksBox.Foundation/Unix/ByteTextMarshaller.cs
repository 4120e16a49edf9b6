using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.Foundation.Unix;

/// <summary>Passes a text to the C library by its bytes (<see cref="ByteText"/>).</summary>
/// <remarks>The marshaller of .NET replaces a byte that is not UTF-8, so that it names another file.</remarks>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(ManagedToUnmanagedIn))]
internal static unsafe class ByteTextMarshaller
{
    /// <summary>The bytes of one text.</summary>
    public ref struct ManagedToUnmanagedIn
    {
        private const int LongestCharacter = 3;

        private byte* _bytes;
        private bool _isAllocated;

        /// <summary>The size of the buffer on the stack.</summary>
        public static int BufferSize => 0x200;

        /// <summary>Encodes a text.</summary>
        public void FromManaged(string? text, Span<byte> buffer)
        {
            if (text is null)
                return;

            var size = (text.Length * LongestCharacter) + 1;
            _isAllocated = size > buffer.Length;
            _bytes = _isAllocated
                ? (byte*)NativeMemory.Alloc((nuint)size)
                : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer));
            _bytes[ByteText.Encode(text, new Span<byte>(_bytes, size))] = 0;
        }

        /// <summary>The bytes with a NUL at their end.</summary>
        public readonly byte* ToUnmanaged() => _bytes;

        /// <summary>Frees them.</summary>
        public readonly void Free()
        {
            if (_isAllocated)
                NativeMemory.Free(_bytes);
        }
    }
}
