package io.bsr.dist;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.Iterator;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** The OpenPGP key that signs packages. RSA, whose signatures are a function of what is signed. */
final class SigningKey {
    private static final int THROW_AWAY_BITS = 2048;
    private static final int CERTAINTY = 100;
    private static final BigInteger EXPONENT = BigInteger.valueOf(0x10001);
    private static final int HASH = HashAlgorithmTags.SHA256;

    private final PGPSecretKeyRing ring;
    private final PGPPrivateKey key;
    private final Instant time;

    private SigningKey(PGPSecretKeyRing ring, PGPSecretKey secret, PGPPrivateKey key, Instant wanted) {
        this.ring = ring;
        this.key = key;
        Instant made = secret.getPublicKey().getCreationTime().toInstant();
        // A signature that is older than its key is none.
        this.time = wanted.isBefore(made) ? made : wanted;
    }

    /**
     * The first key of a file that can sign; {@code gpg --export-secret-keys} writes such files.
     *
     * @param time of the signatures
     */
    static SigningKey read(Path file, char[] passphrase, Instant time) throws IOException {
        try (InputStream in = decoded(Files.readAllBytes(file))) {
            Iterator<PGPSecretKeyRing> rings =
                    new PGPSecretKeyRingCollection(in, new BcKeyFingerprintCalculator()).getKeyRings();
            while (rings.hasNext()) {
                PGPSecretKeyRing ring = rings.next();
                for (PGPSecretKey secret : ring) {
                    if (secret.isSigningKey() && !secret.isPrivateKeyEmpty()) {
                        return new SigningKey(ring, secret, opened(secret, passphrase), time);
                    }
                }
            }
            throw new IOException(file + " has no key that can sign.");
        } catch (PGPException e) {
            throw new IOException(file + " cannot be used to sign: " + e.getMessage(), e);
        }
    }

    /** The first byte of a packet has its highest bit set, which text has not. */
    private static InputStream decoded(byte[] bytes) throws IOException {
        InputStream in = new ByteArrayInputStream(bytes);
        return bytes.length > 0 && bytes[0] < 0 ? in : new ArmoredInputStream(in);
    }

    /** A key for packages that are for nobody else: made now, and kept nowhere but in {@link #export}. */
    static SigningKey throwAway(Instant time) throws IOException {
        RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
        generator.init(new RSAKeyGenerationParameters(EXPONENT, new SecureRandom(), THROW_AWAY_BITS, CERTAINTY));
        try {
            PGPKeyPair pair = new BcPGPKeyPair(PGPPublicKey.RSA_GENERAL, generator.generateKeyPair(), Date.from(time));
            PGPSignatureSubpacketGenerator flags = new PGPSignatureSubpacketGenerator();
            flags.setKeyFlags(false, KeyFlags.SIGN_DATA | KeyFlags.CERTIFY_OTHER);
            PGPKeyRingGenerator ring = new PGPKeyRingGenerator(
                    PGPSignature.POSITIVE_CERTIFICATION,
                    pair,
                    "bsr packages, a throw-away key <packages@bsr.invalid>",
                    new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1),
                    flags.generate(),
                    null,
                    new BcPGPContentSignerBuilder(PGPPublicKey.RSA_GENERAL, HASH),
                    new BcPBESecretKeyEncryptorBuilder(SymmetricKeyAlgorithmTags.NULL).build(new char[0]));
            PGPSecretKeyRing made = ring.generateSecretKeyRing();
            return new SigningKey(made, made.getSecretKey(), opened(made.getSecretKey(), new char[0]), time);
        } catch (PGPException e) {
            throw new IOException("A key cannot be made: " + e.getMessage(), e);
        }
    }

    private static PGPPrivateKey opened(PGPSecretKey secret, char[] passphrase) throws PGPException {
        PGPPrivateKey key = secret.extractPrivateKey(
                new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider()).build(passphrase));
        if (key.getPublicKeyPacket().getAlgorithm() != PGPPublicKey.RSA_GENERAL) {
            throw new PGPException("it is no RSA key, which rpm of every distribution can check");
        }
        return key;
    }

    /** A detached signature. */
    byte[] sign(byte[]... pieces) throws IOException {
        try {
            PGPSignatureGenerator generator = new PGPSignatureGenerator(
                    new BcPGPContentSignerBuilder(key.getPublicKeyPacket().getAlgorithm(), HASH));
            generator.init(PGPSignature.BINARY_DOCUMENT, key);
            PGPSignatureSubpacketGenerator when = new PGPSignatureSubpacketGenerator();
            when.setSignatureCreationTime(false, Date.from(time));
            when.setIssuerKeyID(false, key.getKeyID());
            generator.setHashedSubpackets(when.generate());
            for (byte[] piece : pieces) {
                generator.update(piece);
            }
            return generator.generate().getEncoded();
        } catch (PGPException e) {
            throw new IOException("Signing failed: " + e.getMessage(), e);
        }
    }

    /** The public key, as {@code rpm --import} and {@code gpg --import} take it. */
    byte[] export() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ArmoredOutputStream.Builder armor = ArmoredOutputStream.builder().clearHeaders();
        try (ArmoredOutputStream out = armor.build(bytes)) {
            for (Iterator<PGPPublicKey> keys = ring.getPublicKeys(); keys.hasNext(); ) {
                keys.next().encode(out);
            }
        }
        return bytes.toByteArray();
    }

    /** The key with its secret, unprotected where it was so. */
    byte[] exportSecret() throws IOException {
        return ring.getEncoded();
    }
}
