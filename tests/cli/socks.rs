//! A SOCKS5 proxy on this machine (RFC 1928), in front of the one that takes
//! CONNECT.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    thread,
};

/// Starts one that asks for no password, and leads every connection to an
/// HTTP proxy on `to`. Gives its port.
pub fn start(to: u16) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            // A client that goes away in the middle is within its rights.
            thread::spawn(move || serve(stream?, to));
        }
    });
    port
}

fn serve(mut client: TcpStream, to: u16) -> io::Result<()> {
    let [5, methods] = read::<2>(&mut client)? else {
        return Ok(());
    };
    io::copy(&mut (&client).take(methods.into()), &mut io::sink())?;
    client.write_all(&[5, 0])?;
    // CONNECT to a name: an address would mean that the name was looked up here.
    let [5, 1, 0, 3, length] = read::<5>(&mut client)? else {
        return client.write_all(&[5, 8, 0, 1, 0, 0, 0, 0, 0, 0]);
    };
    let mut name = vec![0; length.into()];
    client.read_exact(&mut name)?;
    let port = u16::from_be_bytes(read(&mut client)?);
    let mut inner = TcpStream::connect((Ipv4Addr::LOCALHOST, to))?;
    let name = String::from_utf8(name).unwrap();
    write!(
        inner,
        "CONNECT {name}:{port} HTTP/1.1\r\nVia: socks\r\n\r\n"
    )?;
    assert_eq!(read(&mut inner)?, *b"HTTP/1.1 200 OK\r\n\r\n");
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    let (mut up, mut down) = (client.try_clone()?, inner.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut up, &mut down);
        let _ = down.shutdown(Shutdown::Write);
    });
    io::copy(&mut inner, &mut client)?;
    client.shutdown(Shutdown::Write)
}

fn read<const N: usize>(stream: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}
