import zlib from 'node:zlib';

const { zstdCompressSync, constants } = zlib as unknown as {
  readonly zstdCompressSync: (bytes: string | Uint8Array, options: { readonly params: Readonly<Record<number, number>> }) => Buffer;
  readonly constants: Readonly<Record<'ZSTD_c_checksumFlag', number>>;
};

/** A frame with a checksum, where Node can make one. */
export function zstd(bytes: string | Uint8Array): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

const magic = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);

export function block(bytes: Uint8Array, isLast: boolean, type = 0): Buffer {
  const header = (bytes.length << 3) | (type << 1) | Number(isLast);
  return Buffer.concat([Buffer.of(header & 0xff, (header >> 8) & 0xff, header >> 16), bytes]);
}

/** A frame whose blocks stand in it as they are; `header`: its first byte says which of the other parts are there. */
export function plainFrame(blocks: readonly Uint8Array[], header: readonly number[] = [0, 0], checksum: readonly number[] = []): Buffer {
  const parts = blocks.map((bytes, index) => block(bytes, index === blocks.length - 1));
  return Buffer.concat([magic, Buffer.from(header), ...parts, Buffer.from(checksum)]);
}

/** A frame that readers leave out; there are 16 kinds of them. */
export function skippableFrame(bytes: Uint8Array, kind: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.of(0x50 + kind, 0x2a, 0x4d, 0x18), length, bytes]);
}
